// Takes a survey's page over: the whole form is on the phone, what was answered is kept on it, and what is finished waits in a queue until the
// server has it, once (the answer's name is its Idempotency-Key). Without this script the page works as a plain form.
const queueKey = 'ht-survey-queue';
const read = (key, other) => { try { return JSON.parse(localStorage.getItem(key)) ?? other; } catch { return other; } };
const write = (key, value) => { try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } };

const post = (url, body, key, keepalive) => fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Huitou': '1', ...(key ? { 'Idempotency-Key': key } : {}) }, body: JSON.stringify(body), keepalive });

const told = problem => Object.values(problem.errors ?? {}).flat()[0] ?? problem.title;

let flushing = null;
// Sends what waits, oldest first. What the server refuses for good leaves the queue; what did not reach it stays.
function flush() {
  return flushing ??= (async () => {
    let last = null;
    for (const one of read(queueKey, [])) {
      let answer;
      try { answer = await post(one.url, one.body, one.key); } catch { break; }
      if (answer.status >= 500 || [408, 409, 425, 429].includes(answer.status)) break;
      last = { key: one.key, ok: answer.ok, message: answer.ok ? '' : told(await answer.json().catch(() => ({}))) };
      write(queueKey, read(queueKey, []).filter(o => o.key !== one.key));
    }
    return last;
  })().finally(() => { flushing = null; });
}
const enqueue = one => write(queueKey, [...read(queueKey, []).filter(o => o.key !== one.key), one]);
addEventListener('online', flush);
setInterval(() => { if (read(queueKey, []).length) flush(); }, 5000);
flush();

const whole = document.querySelector('template[data-whole]');
const form = document.querySelector('form[data-survey]');
if (whole && form && write('ht-survey-try', 1)) survey(whole, form);
if (document.querySelector('form[data-touch], a[data-again]') && write('ht-survey-try', 1)) tablet();

function survey(whole, form) {
  const d = whole.dataset, place = 'ht-survey-' + d.token;
  const fill = (text, ...args) => text.replace(/\{(\d)\}/g, (_, n) => args[n]);
  const kept = read(place, null);
  let stamp = d.stamp, values = JSON.parse(d.values), current = null;
  if (kept && !d.begun) ({ stamp, values, current } = kept);
  if (kept && d.begun) { values = { ...values, ...kept.values }; current = kept.current; }
  const sections = [...whole.content.querySelectorAll('section[data-screen]')];
  const find = key => sections.flatMap(s => [...s.querySelectorAll('[data-q]')]).find(q => q.dataset.q === key);
  const sectionOf = q => q.closest('section[data-screen]');

  function holds(rule) {
    if (!rule) return true;
    const [key, how, value] = rule.split('|'), of = find(key);
    if (!of || !asked(of)) return false;
    const given = values[key] ?? [];
    if (how === 'Is') return given.includes(value);
    if (how === 'IsNot') return given.length > 0 && !given.includes(value);
    if (!given.length) return false;
    return how === 'AtMost' ? Number(given[0]) <= Number(value) : Number(given[0]) >= Number(value);
  }
  const asked = q => holds(sectionOf(q).dataset.if) && holds(q.dataset.if);
  const screens = () => sections.filter(s => s.dataset.screen === 'end' || (holds(s.dataset.if) && [...s.querySelectorAll('[data-q]')].some(asked)));
  const answered = q => q.dataset.kind === 'Matrix' ? [...new Set([...q.querySelectorAll('input')].map(i => i.name.slice(2)))].every(n => values[n]?.length)
    : q.dataset.kind === 'Ranking' ? [...q.querySelectorAll('select')].some(i => values[i.name.slice(2)]?.length) : values[q.dataset.q]?.length > 0;

  const token = form.querySelector('input[name=__RequestVerificationToken]');
  const head = form.querySelector('.c-progress'), foot = form.querySelector('.c-foot');
  const next = foot.querySelector('.c-btn.primary'), acts = foot.querySelector('.c-acts');
  let back = acts.querySelector('a');
  if (!back) { back = document.createElement('a'); back.className = 'c-btn'; back.href = '#'; back.textContent = d.back; acts.prepend(back); }
  back.setAttribute('role', 'button');
  const screen = () => form.querySelector('.c-screen');

  function keep() { write(place, { stamp, values, current }); }

  function take() {
    const at = screen(), names = new Set([...at.querySelectorAll('[name^="q."]')].map(i => i.name));
    const sent = new FormData(form);
    for (const name of names) {
      const given = sent.getAll(name).map(v => String(v).trim()).filter(v => v);
      if (given.length) values[name.slice(2)] = given; else delete values[name.slice(2)];
    }
    keep();
  }

  function show(key, focus) {
    const all = screens();
    let at = all.findIndex(s => s.dataset.screen === key);
    if (at < 0) at = 0;
    current = all[at].dataset.screen;
    const body = document.importNode(all[at].querySelector('.c-screen'), true);
    for (const q of body.querySelectorAll('[data-q]')) q.hidden = !asked(find(q.dataset.q));
    for (const i of body.querySelectorAll('[name^="q."]')) {
      const given = values[i.name.slice(2)] ?? [];
      if (i.type === 'radio' || i.type === 'checkbox') i.checked = given.includes(i.value);
      else i.value = given[0] ?? '';
    }
    for (const t of body.querySelectorAll('[data-text]')) t.textContent = t.dataset.text.replace(/\{(q\d+)(?:\|([^}]*))?\}/g, (_, q, other) => said(q) || other || '');
    screen().replaceWith(body);
    form.querySelectorAll('.c-error').forEach(e => e.remove());
    head.querySelector('p').firstElementChild.textContent = fill(d.step, at + 1, all.length);
    const left = all.slice(at).reduce((n, s) => n + Math.max(8, 6 * s.querySelectorAll('[data-q]').length), 0);
    head.querySelector('p').lastElementChild.textContent = fill(d.left, Math.max(10, Math.round(left / 10) * 10));
    const bar = head.querySelector('div');
    bar.replaceChildren(...all.map((_, n) => { const s = document.createElement('span'); s.className = n < at ? 'done' : n === at ? 'now' : ''; return s; }));
    back.hidden = at === 0;
    const intro = form.querySelector('[data-intro]');
    if (intro) intro.hidden = at > 0;
    next.textContent = current === 'end' ? d.submit : d.next;
    next.disabled = false;
    form.elements['In.Screen'].value = current;
    if (focus) { const h = body.querySelector('h1, legend'); if (h) { h.tabIndex = -1; h.focus({ preventScroll: true }); } scrollTo(0, 0); }
  }

  function said(key) {
    const q = find(key), given = values[key] ?? [];
    return q ? given.map(v => q.querySelector(`input[value="${CSS.escape(v)}"] + span`)?.textContent ?? v).join(' · ') : '';
  }

  function wrong(text) {
    form.querySelectorAll('.c-error').forEach(e => e.remove());
    const box = document.createElement('div');
    box.className = 'c-error'; box.setAttribute('role', 'alert'); box.textContent = text;
    screen().before(box);
  }

  function state(text) {
    let line = document.querySelector('.c-state');
    if (!text) { line?.remove(); return; }
    if (!line) { line = document.createElement('p'); line.className = 'c-state'; line.setAttribute('role', 'status'); form.before(line); }
    line.textContent = text;
  }

  // Best effort: the server keeps each step; what does not get through is on the phone.
  function push() {
    post(d.send, { stamp, values, language: d.language, done: false }, null, true).then(a => state(''), () => state(d.offline));
  }

  back.addEventListener('click', e => {
    e.preventDefault();
    take();
    const all = screens(), at = all.findIndex(s => s.dataset.screen === current);
    if (at > 0) show(all[at - 1].dataset.screen, true);
    keep();
  });

  form.addEventListener('submit', async e => {
    e.preventDefault();
    take();
    const all = screens(), at = all.findIndex(s => s.dataset.screen === current);
    const missing = [...all[at].querySelectorAll('[data-q][data-required]')].find(q => asked(q) && !answered(q));
    if (missing) { wrong(d.required); return; }
    if (current !== 'end') { show(all[at + 1].dataset.screen, true); keep(); push(); return; }
    next.disabled = true;
    const key = 'survey-' + (await name(stamp));
    enqueue({ url: d.send, key, body: { stamp, values, language: d.language, done: true } });
    const sent = await flush();
    if (sent && sent.key === key && !sent.ok) { wrong(sent.message || d.required); next.disabled = false; return; }
    write(place, null);
    finished(!sent || sent.key !== key, key);
  });

  function finished(waiting, key) {
    state('');
    const main = document.getElementById('main'), told = document.querySelector('template[data-told]');
    const h = document.createElement('h1'), p = document.createElement('p');
    h.textContent = d.thanks; h.tabIndex = -1; p.className = 'c-card';
    const tell = () => {
      const still = read(queueKey, []).some(o => o.key === key);
      p.textContent = still ? d.saved : d.thanksText;
      if (still) { p.removeAttribute('data-answered'); setTimeout(tell, 500); } else p.setAttribute('data-answered', '');
    };
    p.setAttribute('role', 'status');
    main.replaceChildren(h, p, ...(told ? [told.content] : []));
    tell();
    h.focus();
  }

  show(current ?? form.elements['In.Screen'].value, false);
  form.dataset.ready = 'true';
}

// The same stamp gives the same name.
async function name(stamp) {
  if (!crypto.subtle) return stamp.slice(-60);
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(stamp)));
  return [...bytes.slice(0, 16)].map(b => b.toString(16).padStart(2, '0')).join('');
}

// The tablet at the counter, which nobody looks after. It goes to no address that may not answer: a touch waits in the queue, the thanks take the place of
// the buttons, and the next buttons theirs when the server has given them, however long that takes.
function tablet() {
  const main = document.getElementById('main');
  const own = page => page.querySelector('script[src*="survey"]')?.getAttribute('src');

  function show() {
    const form = main.querySelector('form[data-touch]'), next = main.querySelector('a[data-again]');
    if (form) form.addEventListener('submit', e => { if (e.submitter) { e.preventDefault(); take(form, e.submitter.value); } });
    else if (next) comeBack(next);
  }

  async function take(form, value) {
    const stamp = form.elements['In.Stamp'].value;
    enqueue({ url: form.dataset.touch, key: 'survey-' + (await name(stamp)), body: { stamp, values: { [form.dataset.question]: [value] }, language: document.documentElement.lang, done: true, touch: true } });
    flush();
    if (!form.isConnected) return; // touched twice
    main.replaceChildren(main.querySelector('template[data-thanks]').content);
    const h = main.querySelector('h1');
    h.tabIndex = -1;
    h.focus();
    show();
  }

  function comeBack(next) {
    let timer = setTimeout(ask, next.dataset.again * 1000);
    next.addEventListener('click', e => { e.preventDefault(); ask(); });

    async function ask() {
      clearTimeout(timer);
      timer = setTimeout(ask, 5000);
      const patience = new AbortController();
      setTimeout(() => patience.abort(), 4000);
      let page;
      try {
        const answer = await fetch(next.href, { cache: 'no-store', signal: patience.signal });
        page = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html');
      } catch { return; }
      const fresh = page && page.getElementById('main');
      if (!fresh || !next.isConnected) return;
      clearTimeout(timer);
      if (own(page) !== own(document)) { location.replace(next.href); return; } // a later version of the program
      history.replaceState(null, '', next.href);
      main.replaceChildren(...fresh.childNodes);
      show();
    }
  }

  show();
}
