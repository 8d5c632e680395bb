/**
 * `./pages`: whole HTML pages and pictures, apart from the texts, since what lays them out takes
 * longer to load than most commands run.
 */

export { renderCardHtml } from './compare/html-card.ts';
export { renderHtml, type HtmlOptions } from './html/render.ts';
export { renderScaleHtml } from './scale/page.ts';
export { renderScaleSvg } from './scale/svg.ts';
