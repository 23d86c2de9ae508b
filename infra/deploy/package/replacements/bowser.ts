/** Replaces `bowser`, by which the AWS SDK recognises web browsers: no function runs in one. */
export default {};
