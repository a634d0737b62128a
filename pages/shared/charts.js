/**
 * Charts of a few honest shapes as inline SVG; each returns a `<figure>` to put on the page.
 *
 * Every chart takes `title` (a sentence that says what it shows), `unit`, and optionally `note` (n, period,
 * source), `format` (a number as text) and, where a figure leads to its cases, `href`. Colours are the
 * names of tokens.css: calm, good, warning, late, agent, bot, customer. Axes start at zero. All figures are
 * also in a table one tap away, every mark can be reached by the arrow keys, and the page must load
 * shared/charts/charts.css.
 *
 *   lineChart({ title, unit, x: ['11-16', …], series: [{ name, values: [1, null, …], colour? }], target?: { value, text } })
 *   barChart({ title, unit, bars: [{ label, value, n?, href?, colour? }], target? })
 *   stackedBarChart({ title, unit, parts: [{ name, colour }], rows: [{ label, values: […], href? }] })
 *   heatMap({ title, unit, columns: ['0 点', …], rows: [{ label, values: [3, null, …] }], href?: (row, column) => string })
 *   distribution({ title, unit, bins: [{ from, to, n, href? }], marks?: [{ at, text }], limit?: number })
 *   strip({ title, unit, points: [{ label, value, href? }], marks?, limit? })
 */

export { barChart } from './charts/bar.js';
export { distribution } from './charts/distribution.js';
export { heatMap } from './charts/heat_map.js';
export { lineChart } from './charts/line.js';
export { stackedBarChart } from './charts/stacked_bar.js';
export { strip } from './charts/strip.js';
