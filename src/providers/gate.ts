/** Lets no more calls be under way than a provider takes at once, and hands its free slots out in turn. */
export interface Gate {
  /**
   * Waits for slots and takes between one and `wanted` of them. It waits a few milliseconds for a good handful, so that
   * what follows can be claimed in sets; a provider whose calls hang still gives out what is left.
   */
  take(wanted: number): Promise<number>;
  release(slots: number): void;
}

interface Turn {
  readonly wanted: number;
  readonly granted: (slots: number) => void;
  patient: boolean;
}

const PATIENCE_MS = 4;

export function openGate(slots: number): Gate {
  const handful = Math.ceil(slots / 4);
  const turns: Turn[] = [];
  let free = slots;

  const serve = (): void => {
    for (let turn = turns[0]; turn !== undefined; turn = turns[0]) {
      const enough = turn.patient ? Math.min(turn.wanted, handful) : 1;
      if (free < enough) return;
      turns.shift();
      const granted = Math.min(turn.wanted, free);
      free -= granted;
      turn.granted(granted);
    }
  };

  return {
    take: (wanted) =>
      new Promise((granted) => {
        const turn: Turn = { wanted, granted, patient: true };
        turns.push(turn);
        serve();
        if (!turns.includes(turn)) return;
        setTimeout(() => {
          turn.patient = false;
          serve();
        }, PATIENCE_MS);
      }),
    release(given) {
      free += given;
      serve();
    },
  };
}
