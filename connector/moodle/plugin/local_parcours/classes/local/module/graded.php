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

namespace local_parcours\local\module;

/**
 * What is common to the types whose pass mark a document gives in percent.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
trait graded {
    /**
     * The pass mark, in percent of the activity's grade.
     *
     * @param \stdClass $instance the module's record
     * @return int|float
     */
    private function pass_percentage(\stdClass $instance): int|float {
        global $CFG;
        require_once($CFG->libdir . '/gradelib.php');
        $item = \grade_item::fetch([
            'itemtype' => 'mod', 'itemmodule' => $this->name(), 'iteminstance' => $instance->id, 'itemnumber' => 0,
            'courseid' => $instance->course,
        ]);
        if (!$item || $instance->grade <= 0) {
            return 0;
        }
        $percent = round(100 * $item->gradepass / $instance->grade, 2);
        return $percent == (int) $percent ? (int) $percent : $percent;
    }
}
