L("t1", undefined);
const v2 = 1;
((v2.k--) || `\x41${((v2).length++)}\n${[...v2, v2]}`);
T('end', () => [v2]);
