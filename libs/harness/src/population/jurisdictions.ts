/**
 * The health authorities that took part in ENPA, with the people they speak for.
 * Source: locality names of ISRG's production deployments (prio-server,
 * terraform/variables/prod-us.tfvars and prod-intl.tfvars). Populations: US census 2020 (resident
 * population), INEGI census 2020 (Mexican states), Mongolia's census 2020, Rwanda's census 2022.
 * They weigh authorities against each other; nothing limits a run to so many devices.
 */

/** One public health authority, a *locality* in ENPA. */
export interface Jurisdiction {
  /** ENPA's locality name, as in bucket paths: `us-ct`. */
  readonly id: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countryCode: string;
  /** State code within the country; the country's own code where one authority serves it all. */
  readonly stateCode: string;
  /** People at the last census: the default weight. */
  readonly population: number;
  /** Standard time of most of its people, in hours from UTC. */
  readonly utcOffsetHours: number;
}

/** The US localities, ENPA's test locality `ta-ta` (its population is made up) first. */
export const usJurisdictions: readonly Jurisdiction[] = Object.freeze([
  locality('ta-ta', 'Test locality', 100_000, 0),
  locality('us-ct', 'Connecticut', 3_605_944, -5),
  locality('us-md', 'Maryland', 6_177_224, -5),
  locality('us-va', 'Virginia', 8_631_393, -5),
  locality('us-wa', 'Washington', 7_705_281, -8),
  locality('us-ca', 'California', 39_538_223, -8),
  locality('us-ut', 'Utah', 3_271_616, -7),
  locality('us-wi', 'Wisconsin', 5_893_718, -6),
  locality('us-ma', 'Massachusetts', 7_029_917, -5),
  locality('us-nm', 'New Mexico', 2_117_522, -7),
  locality('us-hi', 'Hawaii', 1_455_271, -10),
  locality('us-co', 'Colorado', 5_773_714, -7),
  locality('us-dc', 'District of Columbia', 689_545, -5),
  locality('us-la', 'Louisiana', 4_657_757, -6),
  locality('us-mo', 'Missouri', 6_154_913, -6),
  locality('us-ak', 'Alaska', 733_391, -9),
  locality('us-nv', 'Nevada', 3_104_614, -8),
]);

/** The localities of the international deployment. */
export const internationalJurisdictions: readonly Jurisdiction[] = Object.freeze([
  locality('mn', 'Mongolia', 3_296_866, 8),
  locality('mx-coa', 'Coahuila', 3_146_771, -6),
  locality('mx-jal', 'Jalisco', 8_348_151, -6),
  locality('mx-pue', 'Puebla', 6_583_278, -6),
  locality('mx-yuc', 'Yucatán', 2_320_898, -6),
  locality('rw', 'Rwanda', 13_246_394, 2),
]);

const byId: ReadonlyMap<string, Jurisdiction> = new Map(
  [...usJurisdictions, ...internationalJurisdictions].map((j) => [j.id, j]),
);

/** Ids of all known jurisdictions, in the order of the lists above. */
export const jurisdictionIds: readonly string[] = Object.freeze([...byId.keys()]);

/** The jurisdiction of that locality name, or undefined. */
export function jurisdiction(id: string): Jurisdiction | undefined {
  return byId.get(id);
}

function locality(
  id: string,
  name: string,
  population: number,
  utcOffsetHours: number,
): Jurisdiction {
  const [country, state] = id.toUpperCase().split('-');
  return Object.freeze({
    id,
    name,
    countryCode: country!,
    stateCode: state ?? country!,
    population,
    utcOffsetHours,
  });
}
