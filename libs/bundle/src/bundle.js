/**
 * How TypeScript becomes something that Node starts fast: modules are bundled with all that they
 * import, and bundles are kept below `node_modules/.cache` for as long as none of the files that
 * went into them has changed. A module in a bundle sees its source's address as `import.meta.url`.
 *
 * Plain JavaScript, because command lines start with it.
 */

import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const CACHE = join(HERE, '../../../node_modules/.cache/priolab');
const CURRENT = 'current.json';
/** How long a bundle that is out of date is kept: some process may still load parts of it. */
const KEEP_MS = 24 * 60 * 60 * 1000;

/**
 * The folder with a module `<name>.js` for each entry, as a URL that ends in a slash.
 *
 * `provided`: packages that modules get from the process instead of the bundle, from
 * `globalThis[Symbol.for(<package>)]`, with the names that they export.
 *
 * @param {Readonly<Record<string, string | URL>>} entries
 * @param {{ provided?: Readonly<Record<string, readonly string[]>> }} [options]
 * @returns {Promise<URL>}
 * @throws where esbuild does: a file is missing or has syntax errors
 */
export async function bundle(entries, { provided = {} } = {}) {
  const paths = Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [name, toPath(file)]),
  );
  const name = createHash('sha256')
    .update(JSON.stringify([paths, provided]))
    .digest('hex')
    .slice(0, 16);
  const shelf = join(CACHE, name);
  const known = readCurrent(shelf);
  if (known !== undefined) return folderUrl(known);
  const { folder, isKept } = makeFolder(shelf);
  // By the clock that files have.
  const startMs = fs.statSync(folder).mtimeMs;
  const inputs = await build(paths, { folder, provided });
  if (isKept) writeCurrent(shelf, { folder, startMs, inputs });
  return folderUrl(folder);
}

const toPath = (/** @type {string | URL} */ file) =>
  typeof file === 'string' ? file : fileURLToPath(file);

const folderUrl = (/** @type {string} */ folder) => pathToFileURL(`${folder}/`);

/**
 * What tells that a file has changed.
 * @param {string} path
 */
function stampOf(path) {
  const { size, mtimeMs } = fs.statSync(path);
  return { path, size, mtimeMs };
}

/**
 * The folder of the last bundle, if it is still what its sources say.
 * @param {string} shelf
 */
function readCurrent(shelf) {
  try {
    const { folder, inputs } = JSON.parse(fs.readFileSync(join(shelf, CURRENT), 'utf8'));
    const isSame = (/** @type {ReturnType<typeof stampOf>} */ { path, size, mtimeMs }) => {
      const now = stampOf(path);
      return now.size === size && now.mtimeMs === mtimeMs;
    };
    return inputs.every(isSame) ? join(shelf, folder) : undefined;
  } catch {
    // Never made, or a source is gone.
    return undefined;
  }
}

/**
 * @param {string} shelf
 * @param {{ folder: string, startMs: number, inputs: readonly string[] }} made
 */
function writeCurrent(shelf, { folder, startMs, inputs }) {
  const stamps = inputs.map(stampOf);
  // A file that changed meanwhile may be in it as it was before.
  if (stamps.some(({ mtimeMs }) => mtimeMs >= startMs)) return;
  const name = basename(folder);
  // Renamed into place, so that nobody reads half of it; of two that bundle at once the last stays.
  fs.writeFileSync(join(folder, CURRENT), JSON.stringify({ folder: name, inputs: stamps }));
  fs.renameSync(join(folder, CURRENT), join(shelf, CURRENT));
  for (const old of fs.readdirSync(shelf)) {
    const path = join(shelf, old);
    const isOld = fs.statSync(path).mtimeMs < startMs - KEEP_MS;
    if (old !== CURRENT && old !== name && isOld) fs.rmSync(path, { recursive: true });
  }
}

/**
 * A new folder: on the shelf or, where that can't be written, one that goes with the process.
 * @param {string} shelf
 */
function makeFolder(shelf) {
  try {
    const folder = join(shelf, randomBytes(8).toString('hex'));
    fs.mkdirSync(folder, { recursive: true });
    return { folder, isKept: true };
  } catch {
    const folder = fs.mkdtempSync(join(tmpdir(), 'priolab-'));
    process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
    return { folder, isKept: false };
  }
}

/**
 * Bundles into a folder; resolves with the files that went in.
 *
 * @param {Readonly<Record<string, string>>} entryPoints
 * @param {{ folder: string, provided: Readonly<Record<string, readonly string[]>> }} options
 */
async function build(entryPoints, { folder, provided }) {
  const esbuild = await import('esbuild');
  const { metafile } = await esbuild.build({
    entryPoints,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    absWorkingDir: HERE,
    logLevel: 'silent',
    // For packages of the older kind, which `require` what Node has.
    banner: {
      js:
        "import { createRequire as __createRequire } from 'node:module';" +
        'const require = __createRequire(import.meta.url);',
    },
    plugins: [ownAddress, fromProcess(provided), itself],
  });
  const isFile = (/** @type {string} */ input) => !input.includes(':');
  return Object.keys(metafile.inputs)
    .filter(isFile)
    .map((input) => join(HERE, input));
}

/** A module keeps its source's address: it finds what lies beside it by that. */
const ownAddress = {
  name: 'own-address',
  setup(/** @type {import('esbuild').PluginBuild} */ { onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined;
      const text = await fs.promises.readFile(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const contents = text
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: /\.[cm]?ts$/.test(path) ? 'ts' : 'js' };
    });
  },
};

/** @param {Readonly<Record<string, readonly string[]>>} provided */
const fromProcess = (provided) => ({
  name: 'from-process',
  setup(/** @type {import('esbuild').PluginBuild} */ { onResolve, onLoad }) {
    onResolve({ filter: /^[@\w]/ }, ({ path }) =>
      Object.hasOwn(provided, path) ? { path, namespace: 'process' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'process' }, ({ path }) => {
      const module = `globalThis[Symbol.for(${JSON.stringify(path)})]`;
      return { contents: `export const { ${provided[path]?.join(', ')} } = ${module};` };
    });
  },
});

/** The bundler finds its program from where it lies. */
const itself = {
  name: 'itself',
  setup(/** @type {import('esbuild').PluginBuild} */ { onResolve }) {
    const path = createRequire(import.meta.url).resolve('esbuild');
    onResolve({ filter: /^esbuild$/ }, () => ({ path: pathToFileURL(path).href, external: true }));
  },
};
