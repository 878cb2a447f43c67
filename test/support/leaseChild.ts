import { takeExclusiveLease } from '../../src/store/sqlite/exclusiveLease';

/** Takes the lease, says so, and keeps it until it is killed. */
const lease = takeExclusiveLease(process.argv[2] ?? '');
process.stdout.write(lease === undefined ? 'taken\n' : 'held\n');
setInterval(() => lease, 1000);
