<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local;

use local_parcours\local\document\canonical;

/**
 * The session as it was published, revision by revision.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class snapshots {
    /**
     * Keeps a snapshot, unless it says what the newest one says.
     *
     * @param session $session
     * @param \stdClass|null $snapshot null when the publication holds none
     * @return int|null newest revision, if there is one
     */
    public static function publish(session $session, ?\stdClass $snapshot): ?int {
        global $DB, $USER;
        $rows = $DB->get_records(
            'local_parcours_snapshot',
            ['sessionid' => $session->id()],
            'revision DESC',
            'revision, fingerprint',
            0,
            1,
        );
        $newest = reset($rows) ?: null;
        $revision = $newest ? (int) $newest->revision : null;
        if ($snapshot === null) {
            return $revision;
        }
        $fingerprint = hash('sha256', canonical::json($snapshot));
        if ($newest && $newest->fingerprint === $fingerprint) {
            return $revision;
        }
        $DB->insert_record('local_parcours_snapshot', (object) [
            'sessionid' => $session->id(),
            'revision' => $revision + 1,
            'timepublished' => time(),
            'usermodified' => $USER->id,
            'fingerprint' => $fingerprint,
            'body' => canonical::encode($snapshot),
        ]);
        return $revision + 1;
    }

    /**
     * All snapshots of a session, oldest first.
     *
     * @param session $session
     * @return array[]
     */
    public static function observe(session $session): array {
        global $DB;
        return array_map(fn($row) => [
            'revision' => (int) $row->revision,
            'published_at' => (int) $row->timepublished,
            'snapshot' => json_decode($row->body),
        ], array_values($DB->get_records('local_parcours_snapshot', ['sessionid' => $session->id()], 'revision')));
    }
}
