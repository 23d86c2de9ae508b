/** The app as Lambda runs it. Most calls go the short way, and a door's function starts without it. */
import { handle } from 'hono/aws-lambda';
import { type AppOptions, createApp } from '../http/app.ts';

/** Answers an event that was evened out. */
export type AnswerEvent = ReturnType<typeof handle>;

/** Builds the app behind Lambda's events. */
export function openApp(options: AppOptions): AnswerEvent {
  return handle(createApp(options));
}
