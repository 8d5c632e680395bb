/**
 * The forms that a stored run can be rendered in, one table for all who offer them. Each is a pure
 * function of the record; what it needs is loaded when it is asked for.
 */

import type { RunSummary } from '@priolab/harness';

export interface RenderOptions {
  /** The command that repeats the run. */
  readonly replay: string;
  /** The run's capsule as text, where it has one. */
  readonly capsule?: string | undefined;
}

export interface RenderedFile {
  /** Relative to the folder of the run, with `/`. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface Output {
  /** As on the command line. */
  readonly name: string;
  /** The file, or the folder of several files. */
  readonly path: string;
  readonly isFolder: boolean;
  /** What it is for, in a few words. */
  readonly about: string;
  render(summary: RunSummary, options: RenderOptions): Promise<readonly RenderedFile[]>;
}

type RenderText = (summary: RunSummary, options: RenderOptions) => string;

/** @param load gives the renderer, from a module that is loaded only now */
function text(name: string, path: string, about: string, load: () => Promise<RenderText>): Output {
  return {
    name,
    path,
    isFolder: false,
    about,
    async render(summary, options) {
      return [{ path, content: (await load())(summary, options) }];
    },
  };
}

/** A file for each table that has rows, in a folder that is named like the form. */
function tables(name: string, about: string, load: () => Promise<TableRenderer>): Output {
  return {
    name,
    path: name,
    isFolder: true,
    about,
    async render(summary) {
      const [{ hasRows, tablesOf }, render] = await Promise.all([import('./tables.ts'), load()]);
      const filled = tablesOf(summary).filter(hasRows);
      return filled.map((table) => {
        return { path: `${name}/${table.name}.${name}`, content: render(table) };
      });
    },
  };
}

type TableRenderer = (table: import('./tables.ts').Table) => string | Uint8Array;

/** In the order in which they are listed. */
export const outputs: readonly Output[] = [
  text('html', 'report.html', 'one page to look at, offline', async () => {
    return (await import('./html/render.ts')).renderHtml;
  }),
  text('md', 'report.md', 'Markdown for a pull request', async () => {
    return (await import('./markdown.ts')).renderMarkdown;
  }),
  text('junit', 'junit.xml', 'test results for CI', async () => {
    return (await import('./junit.ts')).renderJunit;
  }),
  tables('csv', 'tables for spreadsheets', async () => (await import('./csv.ts')).renderCsv),
  tables('parquet', 'tables for data frames and DuckDB', async () => {
    return (await import('./parquet.ts')).renderParquet;
  }),
  text('otlp', 'otlp.json', 'metrics for an OpenTelemetry collector', async () => {
    return (await import('./otlp.ts')).renderOtlp;
  }),
  text('prometheus', 'openmetrics.txt', 'metrics for Prometheus', async () => {
    return (await import('./openmetrics.ts')).renderOpenMetrics;
  }),
];
