const semver = require('semver');
console.log(semver.valid('v1.2.3'), semver.satisfies('1.2.3', '^1.1 || >=3 <4'), semver.inc('1.2.3-beta.1', 'prerelease'));
console.log(['1.10.0', '1.2.0', '1.2.0-rc.1'].sort(semver.compare), semver.minVersion('>=1.2').version, semver.coerce('v2').version);
