/** The contract of streaming stores, in memory. */

import { describe } from 'vitest';

import { createMemoryStreamingStore } from '../../src/stores/index.ts';
import { keepsTheContract } from './contract.ts';

describe('in memory', () => keepsTheContract({ open: () => createMemoryStreamingStore() }));
