/**
 * How TypeScript becomes something that Node starts fast, or that a browser loads: modules are
 * bundled with all that they import, and bundles are kept below `node_modules/.cache` for as long
 * as none of the files that went into them has changed. A module in a bundle for Node sees its
 * source's address as `import.meta.url`.
 *
 * Plain JavaScript, because command lines start with it.
 */

import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OWN_FILE = fileURLToPath(import.meta.url);
const HERE = dirname(OWN_FILE);
const BUNDLER = createRequire(import.meta.url).resolve('esbuild/package.json');
const CACHE = join(HERE, '../../../node_modules/.cache/priolab');
const CURRENT = 'current.json';
/** In each bundle: the modules that went into it. */
const MODULES = 'modules.json';
/** How long a bundle that was replaced is kept: a process may still load parts of it. */
const KEEP_MS = 24 * 60 * 60 * 1000;
/** Files that change how modules are found or translated, though no module imports them. */
const SETTINGS = ['package.json', 'tsconfig.json', 'tsconfig.base.json'];
/** Where modules get from the process what is provided. */
const PROVIDED = 'provided';

/** @satisfies {Settings} */
const FOR_NODE = {
  splitting: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: false,
  define: { 'import.meta.url': '__sourceUrl', 'import.meta.dirname': '__sourceDirname' },
  // For packages of the older kind, which `require` what Node has.
  banner: {
    js:
      "import { createRequire as __createRequire } from 'node:module';" +
      'const require = __createRequire(import.meta.url);',
  },
};

/** @satisfies {Settings} */
const FOR_PAGES = { platform: 'browser', minify: true, legalComments: 'none' };

/** @typedef {Readonly<Record<string, string | URL>>} Entries */

/**
 * The folder with a module `<name>.js` for each entry, as a URL that ends in a slash.
 *
 * `provided`: packages that modules get from the process instead of the bundle, from
 * `globalThis[Symbol.for(<package>)]`, with the names that they export.
 *
 * @param {Entries} entries
 * @param {{ provided?: Readonly<Record<string, readonly string[]>> }} [options]
 * @returns {Promise<URL>}
 * @throws where esbuild does: a file is missing or has syntax errors
 */
export function bundle(entries, { provided = {} } = {}) {
  const settings = { ...FOR_NODE, plugins: [ownAddress, fromProcess(provided), itself] };
  return obtain(entries, { key: provided, settings });
}

/**
 * The folder with `<name>.js` for each module and `<name>.css` for each style sheet, as small as
 * they get, for a page of a browser.
 *
 * @param {Entries} entries
 * @returns {Promise<URL>}
 * @throws where esbuild does
 */
export function bundlePage(entries) {
  return obtain(entries, { key: 'page', settings: FOR_PAGES });
}

/**
 * The modules in a bundle: the files of its entries and all that they import.
 *
 * @param {URL} folder what `bundle` gave
 * @returns {string[]} paths
 */
export function bundledFiles(folder) {
  return JSON.parse(fs.readFileSync(new URL(MODULES, folder), 'utf8'));
}

/** @typedef {import('esbuild').BuildOptions} Settings */

/**
 * @param {Entries} entries
 * @param {{ key: unknown, settings: Settings }} options `key` says in what bundles of the same
 *   entries differ
 */
async function obtain(entries, { key, settings }) {
  const paths = Object.fromEntries(
    Object.entries(entries).map(([name, file]) => [name, toPath(file)]),
  );
  const digest = createHash('sha256')
    .update(JSON.stringify([paths, key]))
    .digest('hex');
  const shelf = join(CACHE, digest.slice(0, 16));
  const outputs = Object.entries(paths).map(([name, path]) => `${name}${outputTypeOf(path)}`);
  const known = readCurrent(shelf, [...outputs, MODULES]);
  if (known !== undefined) return folderUrl(known);
  const { folder, isKept } = makeFolder(shelf);
  // By the clock that files have.
  const startMs = fs.statSync(folder).mtimeMs;
  const modules = await build(paths, folder, settings).catch((/** @type {unknown} */ error) => {
    fs.rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  fs.writeFileSync(join(folder, MODULES), JSON.stringify(modules));
  if (isKept) {
    const inputs = [...modules, ...settingsOf(modules), OWN_FILE, BUNDLER];
    keep(shelf, { folder, startMs, inputs });
    tidyUp(startMs);
  }
  return folderUrl(folder);
}

const toPath = (/** @type {string | URL} */ file) =>
  typeof file === 'string' ? file : fileURLToPath(file);

const outputTypeOf = (/** @type {string} */ path) => (path.endsWith('.css') ? '.css' : '.js');

const folderUrl = (/** @type {string} */ folder) => pathToFileURL(`${folder}/`);

/**
 * What tells that a file has changed.
 * @param {string} path
 */
function stampOf(path) {
  const { size, mtimeMs, ctimeMs } = fs.statSync(path);
  return { path, size, mtimeMs, ctimeMs };
}

/**
 * What lies on a shelf; undefined where nothing does.
 * @param {string} shelf
 * @returns {{ folder: string, inputs: readonly ReturnType<typeof stampOf>[] } | undefined}
 */
function readShelf(shelf) {
  try {
    return JSON.parse(fs.readFileSync(join(shelf, CURRENT), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * The folder of the last bundle, if it is all there and still what its sources say.
 * @param {string} shelf
 * @param {readonly string[]} names
 */
function readCurrent(shelf, names) {
  const current = readShelf(shelf);
  if (current === undefined || current.inputs.length === 0) return undefined;
  const folder = join(shelf, current.folder);
  const isSame = (/** @type {ReturnType<typeof stampOf>} */ stamp) => {
    const { size, mtimeMs, ctimeMs } = stampOf(stamp.path);
    return size === stamp.size && mtimeMs === stamp.mtimeMs && ctimeMs === stamp.ctimeMs;
  };
  try {
    const isWhole = names.every((name) => fs.statSync(join(folder, name)).size > 0);
    return isWhole && current.inputs.every(isSame) ? folder : undefined;
  } catch {
    // A source is gone, or a part of the bundle.
    return undefined;
  }
}

/**
 * Makes a bundle the one that the next process finds. Whatever goes wrong here costs that process
 * some time and this one nothing.
 * @param {string} shelf
 * @param {{ folder: string, startMs: number, inputs: readonly string[] }} made
 */
function keep(shelf, { folder, startMs, inputs }) {
  try {
    const stamps = inputs.map(stampOf);
    // A file that changed meanwhile may be in it as it was before.
    if (stamps.some(({ mtimeMs }) => mtimeMs >= startMs)) return;
    const before = readShelf(shelf)?.folder;
    // Renamed into place, so that nobody reads half of it; of two at once the last one stays.
    const text = JSON.stringify({ folder: basename(folder), inputs: stamps });
    fs.writeFileSync(join(folder, CURRENT), text);
    fs.renameSync(join(folder, CURRENT), join(shelf, CURRENT));
    // From now on, not from when it was made, nobody begins with it.
    if (before !== undefined) fs.utimesSync(join(shelf, before), startMs / 1000, startMs / 1000);
  } catch {
    // Another process tidied up at the same time, or the disk is full.
  }
}

/**
 * Removes bundles that others have taken the place of, and those of sources that are gone.
 * @param {number} nowMs
 */
function tidyUp(nowMs) {
  for (const shelf of fs.readdirSync(CACHE).map((name) => join(CACHE, name))) {
    try {
      const current = readShelf(shelf);
      const isGone = current?.inputs.some(({ path }) => !fs.existsSync(path)) ?? false;
      for (const name of fs.readdirSync(shelf)) {
        const path = join(shelf, name);
        const isOld = fs.statSync(path).mtimeMs < nowMs - KEEP_MS;
        const isCurrent = !isGone && (name === CURRENT || name === current?.folder);
        if (isOld && !isCurrent) fs.rmSync(path, { recursive: true, force: true });
      }
      if (fs.readdirSync(shelf).length === 0) fs.rmdirSync(shelf);
    } catch {
      // Another process does the same.
    }
  }
}

/** @type {string | undefined} */
let privateFolder;

/**
 * A new folder: on the shelf or, where that can't be written, one that goes with the process.
 * @param {string} shelf
 */
function makeFolder(shelf) {
  const name = randomBytes(8).toString('hex');
  try {
    const folder = join(shelf, name);
    fs.mkdirSync(folder, { recursive: true });
    return { folder, isKept: true };
  } catch {
    if (privateFolder === undefined) {
      const made = fs.mkdtempSync(join(tmpdir(), 'priolab-'));
      process.on('exit', () => fs.rmSync(made, { recursive: true, force: true }));
      privateFolder = made;
    }
    const folder = join(privateFolder, name);
    fs.mkdirSync(folder);
    return { folder, isKept: false };
  }
}

/**
 * Bundles into a folder; resolves with the modules that went into it.
 *
 * @param {Readonly<Record<string, string>>} entryPoints
 * @param {string} folder
 * @param {Settings} settings
 */
async function build(entryPoints, folder, settings) {
  const esbuild = await import('esbuild');
  const { metafile } = await esbuild.build({
    ...settings,
    entryPoints,
    outdir: folder,
    bundle: true,
    format: 'esm',
    metafile: true,
    absWorkingDir: HERE,
    logLevel: 'silent',
  });
  const isFile = (/** @type {string} */ input) =>
    !input.startsWith(`${PROVIDED}:`) && !input.startsWith('(disabled):');
  return Object.keys(metafile.inputs)
    .filter(isFile)
    .map((input) => join(HERE, input));
}

/**
 * The settings above each module, up to the root.
 * @param {readonly string[]} modules
 */
function settingsOf(modules) {
  const folders = new Set();
  for (const module of modules) {
    for (let folder = dirname(module); !folders.has(folder); folder = dirname(folder)) {
      folders.add(folder);
    }
  }
  return [...folders]
    .flatMap((folder) => SETTINGS.map((name) => join(folder, name)))
    .filter((path) => fs.existsSync(path));
}

/** A module keeps its source's address: it finds what lies beside it by that. */
const ownAddress = {
  name: 'own-address',
  setup(/** @type {import('esbuild').PluginBuild} */ { onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      const text = await fs.promises.readFile(path, 'utf8');
      if (!text.includes('import.meta')) return undefined;
      const url = JSON.stringify(pathToFileURL(path).href);
      const folder = JSON.stringify(dirname(path));
      const address = `const __sourceUrl = ${url}, __sourceDirname = ${folder};`;
      // On the first line, so that the others keep their numbers.
      const contents = text.startsWith('#!')
        ? text.replace('\n', () => `\n${address}`)
        : address + text;
      return { contents, loader: /\.[cm]?ts$/.test(path) ? 'ts' : 'js' };
    });
  },
};

/** @param {Readonly<Record<string, readonly string[]>>} provided */
const fromProcess = (provided) => ({
  name: 'from-process',
  setup(/** @type {import('esbuild').PluginBuild} */ { onResolve, onLoad }) {
    onResolve({ filter: /^[@\w]/ }, ({ path }) =>
      Object.hasOwn(provided, path) ? { path, namespace: PROVIDED } : undefined,
    );
    onLoad({ filter: /.*/, namespace: PROVIDED }, ({ path }) => {
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
