import { Controller } from '@hotwired/stimulus';

// Loads the chart library only where there is a chart, and draws again when the look or the width changes.
export default class extends Controller {
  static targets = ['canvas', 'data'];
  static values = { module: String };

  async connect() {
    const { draw } = await import(this.moduleValue);
    if (!this.element.isConnected) return;
    this.chart = draw(this.canvasTarget, JSON.parse(this.dataTarget.textContent));
    this.sizes = new ResizeObserver(() => this.chart.resize());
    this.sizes.observe(this.canvasTarget);
    this.look = matchMedia('(prefers-color-scheme: dark)');
    this.again = () => {
      this.chart.dispose();
      this.chart = draw(this.canvasTarget, JSON.parse(this.dataTarget.textContent));
    };
    this.look.addEventListener('change', this.again);
    // A refresh by morphing empties the canvas, which the server sends without a drawing.
    document.addEventListener('turbo:morph', this.again);
  }

  disconnect() {
    this.sizes?.disconnect();
    this.look?.removeEventListener('change', this.again);
    document.removeEventListener('turbo:morph', this.again);
    this.chart?.dispose();
  }
}
