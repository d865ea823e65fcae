// Words come from the server, in the reader's language, on the shell.
export function word(name, ...values) {
  const text = document.querySelector('.shell')?.getAttribute(`data-word-${name}`) ?? '';
  return text.replace(/\{(\d)\}/g, (_, at) => values[at] ?? '');
}

export function hourMinute(instant) {
  const date = new Date(instant);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

// Said by screen readers, shown to nobody.
export function say(text) {
  const live = document.querySelector('[data-live]');
  if (!live) return;
  const line = document.createElement('span');
  line.className = 'sr-only';
  line.textContent = text;
  live.append(line);
  setTimeout(() => line.remove(), 5000);
}
