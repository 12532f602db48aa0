const dayjs = require('dayjs');
const utc = require('dayjs/plugin/utc');
const relativeTime = require('dayjs/plugin/relativeTime');
dayjs.extend(utc);
dayjs.extend(relativeTime);
const d = dayjs.utc('2024-02-29T13:05:06.007Z');
console.log(d.format('YYYY-MM-DD HH:mm:ss.SSS dddd MMM D'), d.add(1, 'year').format(), d.toISOString());
console.log(d.startOf('month').toJSON(), d.diff(dayjs.utc('2024-01-01'), 'day'), d.from(d.add(3, 'hour')));
console.log(d.isBefore(dayjs.utc('2025-01-01')), d.unix(), dayjs('nonsense').isValid());
