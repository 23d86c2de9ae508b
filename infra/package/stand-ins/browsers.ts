/** Stands in for `bowser`, with which the AWS SDK tells web browsers apart. */
export default {};
