/** What the command line has that others can use: scenario files as it loads them. */

export { loadScenario, type Overrides } from './load.ts';
