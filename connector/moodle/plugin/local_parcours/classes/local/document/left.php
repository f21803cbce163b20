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

namespace local_parcours\local\document;

/**
 * The fields of an activity that a document wants left alone.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class left {
    /**
     * Replaces the fields that the document wants left alone by what there is.
     *
     * @param string[] $fields
     * @param array $wanted
     * @param array $observed
     * @return array
     */
    public static function apply(array $fields, array $wanted, array $observed): array {
        foreach ($fields as $field) {
            if (str_starts_with($field, 'settings.')) {
                $key = substr($field, strlen('settings.'));
                $wanted['settings'][$key] = $observed['settings'][$key];
            } else {
                $wanted[$field] = $observed[$field];
            }
        }
        return $wanted;
    }
}
