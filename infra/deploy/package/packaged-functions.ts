/** The Lambda functions that are packaged, and their processors. To add one, name it here and in serverless.yml. */

/** A function is `functions/NAME.ts`, which exports `handler`. */
export const functionNames = ['flat', 'xmlrpc', 'web', 'api', 'authorizer', 'admin'] as const;
export type FunctionName = (typeof functionNames)[number];

/** Folders of files that a function reads when it starts: each goes into its zip, beside the module. */
export const foldersBeside: Readonly<Partial<Record<FunctionName, string>>> = {
  web: 'functions/web/browser',
};

/** Lambda's processors, by Node's names for them. */
export const architectures = ['arm64', 'x64'] as const;
export type Architecture = (typeof architectures)[number];

/** The most minified JavaScript that a function may have, in bytes: start-up time grows with it. */
export const budget = 600_000;
