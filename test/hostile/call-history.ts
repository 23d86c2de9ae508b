/**
 * What calls were answered, and what that allows or forbids of every later answer. Times are counted by the
 * history itself: it has to know what was over before something else began.
 */

/** How a call ended, as its caller knows it: `unknown` may have taken effect, or may yet. */
export type CallOutcome = 'done' | 'refused' | 'unknown';

const never = Number.POSITIVE_INFINITY;

/** A session that was answered. */
interface Made {
  readonly owner: string;
  readonly id: string;
  readonly began: number;
  readonly answered: number;
  /** When it was first seen dead: it cannot come back. */
  seenDead: number;
}

/** A sessionexpire. */
interface Ending {
  readonly id: string;
  readonly began: number;
  /** From then on it holds. */
  answered: number;
  /** After this it can end nothing more. */
  over: number;
}

/** The sessions and challenges of a test. */
export interface CallHistory {
  /** Answers that contradict others, in words. */
  readonly violations: string[];
  /** Now, and a moment later than every moment before. */
  tick(): number;
  made(session: string, began: number): void;
  /** Begins to end sessions, `all` with expireall; gives back what to call with its outcome. */
  ending(owner: string, id: string): (outcome: CallOutcome) => void;
  /** Compares what a check found with all that was answered before it began or while it ran. */
  seen(session: string, began: number, alive: boolean): void;
  /** Begins to answer a challenge, rightly or not; gives back what to call with what came of it. */
  answering(challenge: string, rightly: boolean): (outcome: CallOutcome | 'expired') => void;
  /**
   * Nothing is under way any more, not even what was given up on. Forgets what was over at the last
   * time: sessions seen dead by then, and endings, which every session has been held against since.
   */
  settle(): void;
  /** Sessions made, but for those forgotten. */
  sessions(): string[];
  /** Challenges that were spent for certain. */
  spent(): string[];
}

/**
 * Starts a history. `knowsOwnRows`: the store can tell a put that it was sent twice from one that met
 * another's row, so that a right answer to a fresh challenge is never refused.
 */
export function createHistory({ knowsOwnRows = true } = {}): CallHistory {
  let now = 0;
  let settled = 0;
  const sessions = new Map<string, Made>();
  const ids = new Set<string>();
  const endings = new Map<string, Set<Ending>>();
  const spentAt = new Map<string, number>();
  const tried = new Set<string>();
  const accepted = new Set<string>();
  const violations: string[] = [];

  const endingsOf = (made: Made) =>
    [...(endings.get(made.owner) ?? [])].filter(({ id }) => id === made.id || id === 'all');

  /** An expireall ends what was answered before it began; what was made beside it may go either way. */
  const mustBeDead = (made: Made, from: number) =>
    endingsOf(made).some((end) => end.answered < from && (end.id !== 'all' || made.answered < end.began));

  const mayBeDead = (made: Made, until: number) =>
    endingsOf(made).some((end) => end.began < until && (end.id !== 'all' || end.over > made.began));

  return {
    violations,
    tick: () => ++now,
    made(session, began) {
      const [, owner = '', id = ''] = session.split(':');
      if (ids.has(`${owner}:${id}`)) violations.push(`${session} has an id that was used before`);
      ids.add(`${owner}:${id}`);
      sessions.set(session, { owner, id, began, answered: ++now, seenDead: never });
    },
    ending(owner, id) {
      const ending: Ending = { id, began: ++now, answered: never, over: never };
      const list = endings.get(owner) ?? new Set();
      endings.set(owner, list.add(ending));
      return (outcome) => {
        if (outcome === 'refused') list.delete(ending);
        else if (outcome === 'done') ending.answered = ending.over = ++now;
      };
    },
    seen(session, began, alive) {
      const made = sessions.get(session);
      if (!made) violations.push(`${session} was never made`);
      else if (!alive) {
        if (made.seenDead === never && !mayBeDead(made, ++now)) {
          violations.push(`${session} is gone, and nobody ended it`);
        }
        made.seenDead = Math.min(made.seenDead, now);
      } else if (mustBeDead(made, began)) violations.push(`${session} is alive after its end was answered`);
      else if (made.seenDead < began) violations.push(`${session} came back to life`);
    },
    answering(challenge, rightly) {
      const began = ++now;
      const isFirst = !tried.has(challenge);
      tried.add(challenge);
      return (outcome) => {
        if (outcome === 'unknown' || outcome === 'expired') return;
        const spent = spentAt.get(challenge) ?? never;
        if (outcome === 'done') {
          if (!rightly) violations.push(`a wrong answer to ${challenge} was accepted`);
          if (spent < began) violations.push(`${challenge} was accepted after it was spent`);
          if (accepted.has(challenge)) violations.push(`${challenge} was accepted twice`);
          accepted.add(challenge);
        } else if (rightly && isFirst && knowsOwnRows) {
          violations.push(`the right first answer to ${challenge} was refused`);
        }
        spentAt.set(challenge, Math.min(spent, ++now));
      };
    },
    settle() {
      for (const [session, { seenDead }] of sessions) if (seenDead <= settled) sessions.delete(session);
      for (const list of endings.values()) {
        for (const end of list) {
          if (end.over <= settled) list.delete(end);
          else end.over = Math.min(end.over, now + 1);
        }
      }
      settled = ++now;
    },
    sessions: () => [...sessions.keys()],
    spent: () => [...spentAt.keys()],
  };
}
