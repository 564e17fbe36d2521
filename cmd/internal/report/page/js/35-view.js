// The period that the timeline shows.

const MIN_SPAN = 20; // milliseconds

const view = {
  changed: topic(),
  max: Math.max(doc.to, MIN_SPAN),
  from: 0,
  to: Math.max(doc.to, MIN_SPAN),

  get span() { return this.to - this.from; },
  get whole() { return this.from <= 0 && this.to >= this.max; },

  set(from, to) {
    const span = Math.min(Math.max(to - from, MIN_SPAN), this.max);
    // Center the requested period, as far as the limits allow.
    const begin = Math.min(Math.max((from + to - span) / 2, 0), this.max - span);
    if (begin === this.from && begin + span === this.to) return;
    this.from = begin;
    this.to = begin + span;
    this.changed.notify();
  },

  // zoom multiplies the length of the period by a factor, and keeps the time at a
  // place of the timeline, from 0 to 1, where it is.
  zoom(factor, place = 0.5) {
    const span = Math.min(Math.max(this.span * factor, MIN_SPAN), this.max), at = this.from + place * this.span;
    const from = Math.min(Math.max(at - place * span, 0), this.max - span);
    this.set(from, from + span);
  },

  move(part) {
    const by = Math.min(Math.max(part * this.span, -this.from), this.max - this.to);
    this.set(this.from + by, this.to + by);
  },

  reset() { this.set(0, this.max); },

  // include centers the period at a time if the time is not in view.
  include(at) {
    if (at < this.from || at > this.to) this.set(at - this.span / 2, at + this.span / 2);
  },

  text() { return `${stamp(Math.floor(this.from))} to ${stamp(Math.ceil(this.to))} (${duration(this.span)})`; },
};
