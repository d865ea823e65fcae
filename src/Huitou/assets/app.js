// Behaviour of staff pages. Every page works without it; this makes it quick.
import '@hotwired/turbo';
import { Application } from '@hotwired/stimulus';
import Again from './controllers/again.js';
import Autosubmit from './controllers/autosubmit.js';
import Bulk from './controllers/bulk.js';
import Call from './controllers/call.js';
import Chart from './controllers/chart.js';
import Dialog from './controllers/dialog.js';
import Draft from './controllers/draft.js';
import FocusError from './controllers/focus-error.js';
import Offline from './controllers/offline.js';
import Other from './controllers/other.js';
import Paper from './controllers/paper.js';
import Passkey from './controllers/passkey.js';
import Photos from './controllers/photos.js';
import Pop from './controllers/pop.js';
import Presence from './controllers/presence.js';
import Ring from './controllers/ring.js';
import Print from './controllers/print.js';
import Reveal from './controllers/reveal.js';
import Rows from './controllers/rows.js';
import Script from './controllers/script.js';
import Template from './controllers/template.js';
import Stopwatch from './controllers/stopwatch.js';
import ToastController from './controllers/toast.js';
import Try from './controllers/try.js';
import { startBadges } from './badges.js';
import { startKeys } from './keys.js';
import { startSubmits } from './submits.js';

const stimulus = Application.start();
stimulus.register('again', Again);
stimulus.register('autosubmit', Autosubmit);
stimulus.register('bulk', Bulk);
stimulus.register('call', Call);
stimulus.register('chart', Chart);
stimulus.register('dialog', Dialog);
stimulus.register('draft', Draft);
stimulus.register('focus-error', FocusError);
stimulus.register('offline', Offline);
stimulus.register('other', Other);
stimulus.register('paper', Paper);
stimulus.register('passkey', Passkey);
stimulus.register('photos', Photos);
stimulus.register('pop', Pop);
stimulus.register('presence', Presence);
stimulus.register('ring', Ring);
stimulus.register('print', Print);
stimulus.register('reveal', Reveal);
stimulus.register('rows', Rows);
stimulus.register('script', Script);
stimulus.register('template', Template);
stimulus.register('stopwatch', Stopwatch);
stimulus.register('toast', ToastController);
stimulus.register('try', Try);

startKeys();
startSubmits();
startBadges();

// Where the row of tabs is longer than the screen, the one that is open is in sight.
addEventListener('turbo:load', () => {
  for (const tab of document.querySelectorAll('.tabs > a[aria-current]')) {
    const row = tab.parentElement;
    if (row.scrollWidth > row.clientWidth) row.scrollLeft += tab.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - tab.offsetWidth) / 2;
  }
});
document.documentElement.dataset.script = 'on';
