// Bundles the scripts: app.js for every staff page, chart.js only where there is a chart.
import { build } from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const host = join(dirname(fileURLToPath(import.meta.url)), '..');
await build({
  entryPoints: [join(host, 'assets/app.js'), join(host, 'assets/chart.js')],
  outdir: join(host, 'wwwroot/lib'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome90', 'safari15', 'firefox90'],
  legalComments: 'linked',
  logLevel: 'warning',
});
