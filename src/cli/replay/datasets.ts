import { CliError, exitCodes } from '../errors.js';
import { CompleteJourney } from './complete-journey/complete-journey.js';
import type { Dataset } from './dataset.js';
import { OnlineRetail } from './online-retail/online-retail.js';

const known: Readonly<Record<string, (folder: string) => Dataset>> = {
  'online-retail': (folder) => new OnlineRetail(folder),
  'complete-journey': (folder) => new CompleteJourney(folder),
};

export const datasetNames: readonly string[] = Object.keys(known);

/** The data set of this name, in the files of a folder. @throws CliError when there is none, or a file is not there */
export function datasetOf(name: string, folder: string): Dataset {
  const open = known[name];
  if (!open)
    throw new CliError(`There is no data set ${name}; there is ${datasetNames.join(' and ')}.`, exitCodes.misused);
  return open(folder);
}
