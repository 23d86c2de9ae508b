/**
 * The admin function: operations on accounts, sessions, keys and secrets, invoked directly under IAM,
 * with no door to HTTP. It reads LJGATE_STORE and LJGATE_SECRET.
 */
import { adminHandler } from './lambda/admin.ts';

export const handler = adminHandler(process.env);
