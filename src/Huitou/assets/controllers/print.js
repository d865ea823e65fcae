import { Controller } from '@hotwired/stimulus';

// A button that opens the print dialog: <button type="button" data-controller="print" data-action="print#now">.
export default class extends Controller {
  now() {
    window.print();
  }
}
