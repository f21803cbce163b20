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
 * Puts things in order without touching those that a document does not name.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class ordering {
    /**
     * The order in which named things take, in their new order, the places they hold together.
     *
     * @param int[] $current ids in their present order
     * @param int[] $named ids in the order that is wanted
     * @return int[] the same ids as `$current`
     */
    public static function arrange(array $current, array $named): array {
        $places = array_keys(array_intersect($current, $named));
        $named = array_values(array_intersect($named, $current));
        return array_replace($current, array_combine($places, $named));
    }
}
