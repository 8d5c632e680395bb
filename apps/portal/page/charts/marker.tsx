/** A point's shape: with its colour it says whose line it is, to those who see no colours too. */

export const SLOTS = 6;

const SHAPES: readonly string[] = [
  'M0-4a4 4 0 1 0 .01 0z',
  'M-3.6-3.6h7.2v7.2h-7.2z',
  'M0-4.8 4.6 3.4h-9.2z',
  'M0-5 5 0 0 5-5 0z',
  'M0 4.8 4.6-3.4h-9.2z',
  'M-4.6-1.6h3v-3h3.2v3h3v3.2h-3v3h-3.2v-3h-3z',
];

export function Marker({ slot, x = 0, y = 0 }: { slot: number; x?: number; y?: number }) {
  return (
    <path class={`marker slot-${slot}`} d={SHAPES[slot]!} transform={`translate(${x} ${y})`} />
  );
}

export function LegendMarker({ slot }: { slot: number }) {
  return (
    <svg class="legend-marker" width="22" height="14" viewBox="-11 -7 22 14" aria-hidden="true">
      <line class={`line slot-${slot}`} x1="-11" x2="11" />
      <Marker slot={slot} />
    </svg>
  );
}

/** The mark of a window without figures. */
export function WindowMark({ status, x = 0, y = 0 }: { status: string; x?: number; y?: number }) {
  return (
    <g class={`window-mark ${status}`} transform={`translate(${x} ${y})`}>
      {status !== 'held' && <circle r="5" />}
      <path d={status === 'held' ? 'M-2.5-5v10M2.5-5v10' : 'M-3 3 3-3'} />
    </g>
  );
}
