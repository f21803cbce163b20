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

namespace local_parcours;

use core\hook\navigation\primary_extend;
use local_parcours\local\figures;
use local_parcours\output\hours;

/**
 * Hook callbacks.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class hook_callbacks {
    /**
     * Puts "My 18 hours" among the first links of those who have figures.
     *
     * @param primary_extend $hook
     */
    public static function primary_extend(primary_extend $hook): void {
        global $USER;
        if (during_initial_install() || !isloggedin() || isguestuser() || !figures::exist($USER->id)) {
            return;
        }
        $hook->get_primaryview()->add(
            get_string('myhours', 'local_parcours'),
            hours::address(),
            \navigation_node::TYPE_CUSTOM,
            null,
            'myhours',
        );
    }
}
