/** The portal, for programs that have it in their own process. */

export { createPortalService } from './service.ts';
export type { PortalLimits, PortalService, PortalServiceOptions } from './service.ts';
export { pageAssets } from './page-assets.ts';
export { readConfig } from './config.ts';
export type { PortalConfig } from './config.ts';
export type { Asset, Assets } from './api/page.ts';
export type { PublishedRecord, ResultAnswer } from './result/present.ts';
export type { Policy, Result } from './result/result.ts';
export type { FinishedCell } from './scan/finished.ts';
export type { ScanReport, SumSource, SumSources } from './scan/scan.ts';
export type { KeyRow, NewKey } from './state/keys.ts';
export { openApi } from './api/openapi.ts';
