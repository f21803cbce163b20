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

/**
 * Callbacks that Moodle looks for by name.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * Adds to somebody's own profile the links to their hours and to their report.
 *
 * @param \core_user\output\myprofile\tree $tree
 * @param stdClass $user
 * @param bool $iscurrentuser
 * @param stdClass|null $course
 */
function local_parcours_myprofile_navigation(
    \core_user\output\myprofile\tree $tree,
    stdClass $user,
    bool $iscurrentuser,
    ?stdClass $course,
): void {
    if (!$iscurrentuser || isguestuser()) {
        return;
    }
    $links = [
        'myhours' => \local_parcours\local\figures::exist($user->id) ? \local_parcours\output\hours::address() : null,
        'myreport' => \local_parcours\local\report_link::mine(),
    ];
    foreach (array_filter($links) as $name => $url) {
        $text = get_string($name, 'local_parcours');
        $tree->add_node(new \core_user\output\myprofile\node('miscellaneous', "local_parcours_$name", $text, null, $url));
    }
}
