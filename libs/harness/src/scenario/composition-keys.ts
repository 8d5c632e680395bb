/** Keys that build a scenario on others (`composition/`) and are not part of the result. */

export const compositionKeys = ['extends', 'mixins', 'with'] as const;
