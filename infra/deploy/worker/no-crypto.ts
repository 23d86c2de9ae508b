/** Stands in a Worker for the module of Node's to which bcryptjs falls back where there is no WebCrypto. */
export default {};
