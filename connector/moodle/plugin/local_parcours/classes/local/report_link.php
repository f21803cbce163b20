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
 * The link to the report of a circonscription, for those whose profile names one.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class report_link {
    /**
     * Where the person who asks finds their report.
     *
     * @return \moodle_url|null null where nothing is set, or where their profile names no circonscription
     */
    public static function mine(): ?\moodle_url {
        global $CFG, $USER;
        $address = (string) get_config('local_parcours', 'tableau');
        $field = (string) get_config('local_parcours', 'profilefield');
        if ($address === '' || $field === '' || !isloggedin() || isguestuser()) {
            return null;
        }
        require_once($CFG->dirroot . '/user/profile/lib.php');
        $named = trim((string) (profile_user_record($USER->id, false)->$field ?? ''));
        return $named === '' ? null : new \moodle_url($address);
    }
}
