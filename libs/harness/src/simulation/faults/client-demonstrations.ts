/** Demonstrations of attacks by clients. */

import type { FaultId } from '../../faults/catalogue.ts';
import type { Demonstration, Demonstrations } from './demonstrations.ts';

/** An attack by a fifth of all phones. */
const byDevice = (id: FaultId): Demonstration => ({ nemesis: [{ id, p: 0.2, fires: 10 }] });
/** One that only the proof check stands against. */
const forged = (id: FaultId): Demonstration => ({ ...byDevice(id), expect: ['noforge'] });

export const clientDemonstrations: Demonstrations = {
  'cli.out_of_range': forged('cli.out_of_range'),
  'cli.forge': forged('cli.forge'),
  'cli.inconsistent': forged('cli.inconsistent'),
  'cli.multi_hot': byDevice('cli.multi_hot'),
  'cli.noncanonical': byDevice('cli.noncanonical'),
  'cli.wrong_dim': byDevice('cli.wrong_dim'),
  'cli.undecryptable': byDevice('cli.undecryptable'),
  'cli.oversize': byDevice('cli.oversize'),
  'cli.grind': byDevice('cli.grind'),
  'cli.bomb': byDevice('cli.bomb'),
  'cli.dup_uuid': byDevice('cli.dup_uuid'),
  'cli.replay': byDevice('cli.replay'),
  'cli.sybil': byDevice('cli.sybil'),
  'cli.poison_valid': byDevice('cli.poison_valid'),
  'cli.flood': { nemesis: [{ id: 'cli.flood', dose: 2, fires: 2, params: { reports: 100 } }] },
  'cli.backdate': byDevice('cli.backdate'),
  'cli.postdate': byDevice('cli.postdate'),
  'cli.not_enabled': {
    ...byDevice('cli.not_enabled'),
    population: { states: ['us-wa', 'us-md', 'us-va'], enabled: { 'us-va': false } },
    expect: ['consent.kept'],
  },
  'cli.tag': byDevice('cli.tag'),
};
