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
 * Puts an activity aside so that another one, of another module, takes its place: Moodle cannot change an activity's module.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class replacement {
    /** Longest idnumber of a course module. */
    private const LONGEST = 100;

    /**
     * Hides an activity that nobody has completed, and has it give up its idnumber.
     *
     * @param \stdClass $item this plugin's record of it
     * @param \stdClass $cm course module record, with its modname
     * @param string $path JSON path of the activity
     */
    public static function put_aside(\stdClass $item, \stdClass $cm, string $path): void {
        global $DB;
        $context = \context_module::instance($cm->id);
        require_capability('moodle/course:manageactivities', $context);
        require_capability('moodle/course:activityvisibility', $context);
        if (completion::held($cm)) {
            throw new refusal('stale', "{$path}.replaces", $item->idnumber);
        }
        $suffix = "~{$cm->modname}";
        $item->idnumber = \core_text::substr($item->idnumber, 0, self::LONGEST - strlen($suffix)) . $suffix;
        set_coursemodule_visible($cm->id, 0);
        set_coursemodule_idnumber($cm->id, $item->idnumber);
        $DB->update_record('local_parcours_activity', $item);
        rebuild_course_cache($cm->course, true);
        \core\event\course_module_updated::create_from_cm(get_fast_modinfo($cm->course)->get_cm($cm->id))->trigger();
    }

    /**
     * Has whatever waits for the activity that was put aside wait for the new one.
     *
     * @param int $courseid
     * @param int $aside course module id
     * @param int $new course module id
     */
    public static function redirect(int $courseid, int $aside, int $new): void {
        \core_availability\info::update_dependency_id_across_course($courseid, 'course_modules', $aside, $new);
    }
}
