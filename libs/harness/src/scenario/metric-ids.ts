/** The catalogue's metric ids as a tuple, for the schema. */

import { metricCatalogue } from '@priolab/roles';

export const metricIds = metricCatalogue.map((metric) => metric.id) as [string, ...string[]];
