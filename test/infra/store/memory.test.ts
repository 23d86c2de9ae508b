import { memoryStore } from '../../../infra/store/memory.ts';
import { describeStore } from './conformance.ts';

const store = memoryStore();
describeStore('the store in memory', async () => store, { sweeps: true });
