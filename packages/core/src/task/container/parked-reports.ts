/**
 * Holds back the reports of a process while a call such as Start is in progress. Whatever happens to the process
 * meanwhile is reported after that call's event, an exit last.
 */
export class ParkedReports {
  #isParking = false;
  #parked: (() => void)[] = [];
  #exit: (() => void) | undefined;

  /** Holds back an exit, and what precedes it, until `unpark`. */
  park(): void {
    this.#isParking = true;
  }

  /** Ends `park` and reports what was held back. */
  unpark(): void {
    this.#isParking = false;
    const exit = this.#exit;
    this.#exit = undefined;
    try {
      for (const report of this.#parked.splice(0)) report();
    } finally {
      exit?.();
    }
  }

  /** Runs `report` for the process's exit: now, or at `unpark`. */
  exited(report: () => void): void {
    if (this.#isParking) this.#exit = report;
    else report();
  }

  /** Runs `report` for something that precedes an exit, such as an OOM kill: now, or at `unpark`. */
  noticed(report: () => void): void {
    if (this.#isParking) this.#parked.push(report);
    else report();
  }
}
