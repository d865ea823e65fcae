// Writes the table Pinyin.cs reads: a line per character (character, readings without tones, commonest first),
// then a line per surname that is read otherwise than the character, or has two characters.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pinyin } from 'pinyin-pro';

const plain = (readings) => [...new Set(readings.map((r) => r.replaceAll('ü', 'v').replace(/[^a-z]/g, '')).filter(Boolean))];
const lines = [];
for (let code = 0x4e00; code <= 0x9fff; code++) {
  const character = String.fromCodePoint(code);
  const common = pinyin(character, { toneType: 'none', type: 'array', v: true });
  const all = pinyin(character, { toneType: 'none', type: 'array', multiple: true, v: true });
  const readings = plain([...common, ...all]).slice(0, 3);
  if (readings.length === 0) continue;
  lines.push(`${character} ${readings.join(' ')}`);
  const surname = plain(pinyin(character + '一', { toneType: 'none', type: 'array', surname: 'head', v: true }).slice(0, 1))[0];
  if (surname && surname !== readings[0]) lines.push(`^${character} ${surname}`);
}

const compounds = ['欧阳', '太史', '端木', '上官', '司马', '东方', '独孤', '南宫', '万俟', '闻人', '夏侯', '诸葛', '尉迟', '公羊', '赫连', '澹台', '皇甫', '宗政', '濮阳', '公冶',
  '太叔', '申屠', '公孙', '慕容', '仲孙', '钟离', '长孙', '宇文', '司徒', '鲜于', '司空', '闾丘', '子车', '亓官', '司寇', '巫马', '公西', '颛孙', '壤驷', '公良', '漆雕', '乐正', '宰父', '谷梁',
  '拓跋', '夹谷', '轩辕', '令狐', '段干', '百里', '呼延', '东郭', '南门', '羊舌', '微生', '左丘', '西门', '第五', '单于'];
for (const compound of compounds) {
  const readings = pinyin(compound + '一', { toneType: 'none', type: 'array', surname: 'head', v: true }).slice(0, 2).map((r) => plain([r])[0]);
  lines.push(`^${compound} ${readings.join(' ')}`);
}

mkdirSync(dirname(process.argv[2]), { recursive: true });
writeFileSync(process.argv[2], lines.join('\n') + '\n');
