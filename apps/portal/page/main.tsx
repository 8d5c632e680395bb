/**
 * Starts the page. What is on it goes when it is left and comes again when it is returned to: the
 * browser's copy of a page in its history must not show one authority's figures to the next.
 */

import { render } from 'preact';

import { App } from './app.tsx';
import { applyTheme } from './theme.tsx';

const root = document.getElementById('page')!;

const show = (): void => render(<App />, root);

applyTheme();
addEventListener('pagehide', () => render(null, root));
addEventListener('pageshow', show);
show();
