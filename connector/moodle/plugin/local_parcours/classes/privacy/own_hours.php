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

namespace local_parcours\privacy;

use core_privacy\local\metadata\collection;
use core_privacy\local\request\transform;
use core_privacy\local\request\writer;
use local_parcours\local\figures;

/**
 * What the plugin keeps of a person outside any course: their hours, and what they contest of them.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class own_hours {
    /**
     * Tells what is kept.
     *
     * @param collection $collection
     * @return collection
     */
    public static function describe(collection $collection): collection {
        $tables = ['figures' => ['body', 'timemodified'], 'contest' => ['code', 'activity', 'reason', 'timecreated']];
        foreach ($tables as $name => $fields) {
            $said = array_map(fn($field) => "privacy:metadata:$name:$field", $fields);
            $summary = "privacy:metadata:$name";
            $collection->add_database_table("local_parcours_$name", array_combine($fields, $said), $summary);
        }
        return $collection;
    }

    /**
     * Tells whether anything is kept of a person.
     *
     * @param int $userid
     * @return bool
     */
    public static function kept(int $userid): bool {
        return figures::exist($userid);
    }

    /**
     * Exports what is kept of a person.
     *
     * @param \context_user $context
     */
    public static function export(\context_user $context): void {
        global $DB;
        $userid = $context->instanceid;
        $figures = figures::of($userid);
        if ($figures === null) {
            return;
        }
        $contested = $DB->get_records('local_parcours_contest', ['userid' => $userid], 'id');
        writer::with_context($context)->export_data([get_string('pluginname', 'local_parcours')], (object) [
            'figures' => $figures,
            'contested' => array_values(array_map(fn($row) => [
                'code' => $row->code,
                'activity' => $row->activity,
                'reason' => $row->reason,
                'timecreated' => transform::datetime($row->timecreated),
            ], $contested)),
        ]);
    }
}
