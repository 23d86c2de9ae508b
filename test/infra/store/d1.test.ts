import { openD1 } from '../../../infra/store/d1.ts';
import { temporaryFolder } from '../../support/stores.ts';
import { describeStore } from './conformance.ts';
import { startD1 } from './d1-database.ts';

const folder = temporaryFolder();
let database: ReturnType<typeof startD1> | undefined;

async function open() {
  database ??= startD1(folder);
  return openD1(await database);
}

describeStore('D1 in workerd', open, { sweeps: true });
