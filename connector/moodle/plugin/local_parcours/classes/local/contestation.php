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

/**
 * What people contest of their own lines, until the connector has noted it.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class contestation {
    /** @var string[] why a line may be contested; none asks for anything private */
    public const REASONS = ['activite_faite', 'present', 'non_faite', 'duree', 'pas_moi'];

    /**
     * Contests a line of a person's own figures; contesting again replaces the reason.
     *
     * @param int $userid whose figures
     * @param string $code session
     * @param string $activity
     * @param string $reason
     */
    public static function add(int $userid, string $code, string $activity, string $reason): void {
        global $DB;
        $lines = figures::of($userid)['lines'] ?? [];
        $theirs = array_filter($lines, fn($line) => $line['code'] === $code && $line['activity'] === $activity);
        if (!$theirs || !in_array($reason, self::REASONS, true)) {
            throw new \moodle_exception('notyourline', 'local_parcours');
        }
        $line = ['userid' => $userid, 'code' => $code, 'activity' => $activity];
        $transaction = $DB->start_delegated_transaction();
        $DB->delete_records('local_parcours_contest', $line);
        $DB->insert_record('local_parcours_contest', (object) ['reason' => $reason, 'timecreated' => time(), ...$line]);
        $transaction->allow_commit();
    }

    /**
     * Lines that a person contests and that the connector has not noted yet.
     *
     * @param int $userid
     * @return string[] "code activity"
     */
    public static function of(int $userid): array {
        global $DB;
        $rows = $DB->get_records('local_parcours_contest', ['userid' => $userid], 'id');
        return array_values(array_map(fn($row) => "{$row->code} {$row->activity}", $rows));
    }

    /**
     * All that is contested and not noted yet, oldest first.
     *
     * @return array[]
     */
    public static function all(): array {
        global $DB;
        return array_values(array_map(fn($row) => [
            'id' => (int) $row->id,
            'userid' => (int) $row->userid,
            'code' => $row->code,
            'activity' => $row->activity,
            'reason' => $row->reason,
            'at' => (int) $row->timecreated,
        ], $DB->get_records('local_parcours_contest', null, 'id', '*', 0, 1000)));
    }
}
