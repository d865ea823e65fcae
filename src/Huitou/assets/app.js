// Behaviour of staff pages. Every page works without it; this makes it quick.
import '@hotwired/turbo';
import { Application } from '@hotwired/stimulus';
import Again from './controllers/again.js';
import Autosubmit from './controllers/autosubmit.js';
import Bulk from './controllers/bulk.js';
import Chart from './controllers/chart.js';
import Dialog from './controllers/dialog.js';
import Draft from './controllers/draft.js';
import FocusError from './controllers/focus-error.js';
import Offline from './controllers/offline.js';
import Other from './controllers/other.js';
import Pop from './controllers/pop.js';
import Reveal from './controllers/reveal.js';
import Rows from './controllers/rows.js';
import ToastController from './controllers/toast.js';
import { startBadges } from './badges.js';
import { startKeys } from './keys.js';
import { startSubmits } from './submits.js';

const stimulus = Application.start();
stimulus.register('again', Again);
stimulus.register('autosubmit', Autosubmit);
stimulus.register('bulk', Bulk);
stimulus.register('chart', Chart);
stimulus.register('dialog', Dialog);
stimulus.register('draft', Draft);
stimulus.register('focus-error', FocusError);
stimulus.register('offline', Offline);
stimulus.register('other', Other);
stimulus.register('pop', Pop);
stimulus.register('reveal', Reveal);
stimulus.register('rows', Rows);
stimulus.register('toast', ToastController);

startKeys();
startSubmits();
startBadges();
document.documentElement.dataset.script = 'on';
