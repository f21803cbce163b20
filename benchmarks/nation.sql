-- A year of invented people, for PostgreSQL and SQLite alike; `benchmarks/nation.py` puts in what is in braces.

-- people
INSERT INTO teacher (id, identifiant, nom, prenom) {n}
SELECT i, 'E' || i, 'Nom' || i, 'Camille'
FROM n;
INSERT INTO teacher_key (teacher_id, kind, value, main)
SELECT id, 'mbox', 'e' || id || '@ac-exemple.fr', {true}
FROM teacher;
INSERT INTO mailbox (email, teacher_id, main)
SELECT value, teacher_id, main
FROM teacher_key;
INSERT INTO service (teacher_id, uai, ecole, circonscription, departement, academie, degre, situation, quotite,
    start_us, end_us, imputation_min)
SELECT id, 'U' || (id % 4000), 'École ' || (id % 4000), 'C' || (id % 1300), '069', 'Lyon', '1D', 'PE_ADJOINT',
    CASE WHEN id % 5 = 0 THEN 80000 ELSE 100000 END, {min}, {max}, 0
FROM teacher;

-- plans
INSERT INTO session (code, matricule, parcours_key, titre, nature, theme, collection, circonscription,
    annee_scolaire, cadre, validation, debut, fin, fuseau, window_start_us, window_end_us, revision) {n},
    s(r) AS (SELECT i
FROM n
WHERE i <= {sessions})
SELECT 'S' || i || '-' || r, '26_ACA10_P' || r || '_1.0', '26_ACA10_P' || r, 'Session',
    CASE WHEN r % 2 = 0 THEN 'formation_continue' ELSE 'animation_pedagogique' END, 'mathematiques', 'action',
    'C' || (i % 1300), '{year}', 'animation', 'achevement', '{debut}', '{fin}', 'Europe/Paris',
    {start} + r * 20 * {day}, {start} + (r * 20 + 60) * {day}, 1
FROM n, s;
INSERT INTO activity (code, activity_id, since_us, until_us, position, type, titre, modalite, credite,
    duree_min, locale, has_slots, gone_us) {n}
SELECT code, 'a' || i, {min}, {max}, i, 'page', 'Activité',
    CASE WHEN i = {activities} THEN 'presence' ELSE 'distance_asynchrone' END, {true}, 18, {false},
    i = {activities}, {max}
FROM session, n
WHERE i <= {activities};
INSERT INTO slot (code, activity_id, slot_id, since_us, until_us, iri, start_us, end_us, minutes, gone_us)
SELECT a.code, a.activity_id, 'x', {min}, {max}, '{root}slot/' || a.code || '/x', s.window_start_us + {day},
    s.window_start_us + {day} + 1080000000, 18, {max}
FROM activity a
JOIN session s ON s.code = a.code
WHERE a.has_slots;
INSERT INTO participant (code, email, origine, cadre) {n}
SELECT 'S' || ((t.id - 1) / {per_group} + 1) || '-' || i, 'e' || t.id || '@ac-exemple.fr', 'invitation',
    'animation'
FROM teacher t, n
WHERE i <= {sessions};

-- statements
INSERT INTO evidence (statement_id, source, sha256, kind, state, timestamp_us, stored_us, rank, actor_kind,
    actor_value, object_id, idnumber, activity_hint)
SELECT {uuid}, 'https://lrs.exemple.fr', {hash}, CASE WHEN a.has_slots THEN 'attendance' ELSE 'completion' END,
    f.state, s.window_start_us + (a.position + 1) * {day},
    s.window_start_us + (a.position + 1) * {day} + f.rank, f.rank, 'mbox', p.email,
    'https://m.exemple.fr/mod/' || a.code || '/' || a.activity_id, a.code || '/' || a.activity_id, a.activity_id
FROM participant p
JOIN session s ON s.code = p.code
JOIN activity a ON a.code = p.code
JOIN mailbox m ON m.email = p.email
JOIN (SELECT 'done' AS state, 2 AS rank
UNION ALL SELECT 'undone', 1
UNION ALL SELECT 'done', 3) f ON {which}
ORDER BY s.window_start_us + (a.position + 1) * {day}, m.teacher_id;
INSERT INTO resolution (evidence_id, teacher_id, code, activity_id, slot_id, status)
SELECT e.id, m.teacher_id, substr(e.idnumber, 1, length(e.idnumber) - length(e.activity_hint) - 1),
    e.activity_hint, CASE WHEN e.kind = 'attendance' THEN 'x' END, 'resolved'
FROM evidence e
JOIN mailbox m ON m.email = e.actor_value
ORDER BY e.id;
