// Makes one sprite of the Tabler outline icons whose names stand as string literals in the sources.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const host = join(dirname(fileURLToPath(import.meta.url)), '..');
const outline = join(host, 'node_modules/@tabler/icons/icons/outline');
const known = new Set(readdirSync(outline).map(name => name.slice(0, -4)));

const used = new Set();
function collect(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['bin', 'obj', 'node_modules'].includes(entry.name)) collect(path);
    } else if (/\.(razor|cs)$/.test(entry.name)) {
      for (const [, literal] of readFileSync(path, 'utf8').matchAll(/"([a-z0-9]+(?:-[a-z0-9]+)*)"/g)) {
        if (known.has(literal)) used.add(literal);
      }
    }
  }
}

collect(join(host, '..'));

const symbols = [...used].sort().map(name => {
  const inner = readFileSync(join(outline, `${name}.svg`), 'utf8').replace(/<!--[\s\S]*?-->/, '').replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '').replace(/\s*\n\s*/g, '');
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
});
mkdirSync(join(host, 'wwwroot/lib'), { recursive: true });
writeFileSync(join(host, 'wwwroot/lib/icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`);
