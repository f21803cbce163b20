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
 * The activity types that can be published.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class registry {
    /** @var string[] class of each Moodle module */
    private const TYPES = [
        'assign' => assign::class,
        'bigbluebuttonbn' => bigbluebuttonbn::class,
        'choice' => choice::class,
        'feedback' => feedback::class,
        'forum' => forum::class,
        'h5pactivity' => h5pactivity::class,
        'label' => label::class,
        'page' => page::class,
        'quiz' => quiz::class,
        'resource' => resource::class,
        'url' => url::class,
    ];

    /**
     * The type of a Moodle module, or null.
     *
     * @param string $name
     * @return base|null
     */
    public static function find(string $name): ?base {
        $class = self::TYPES[$name] ?? null;
        return $class ? new $class() : null;
    }

    /**
     * Names of the Moodle modules that an activity can be created as: those that the site has enabled.
     *
     * @return string[]
     */
    public static function enabled(): array {
        global $DB;
        [$in, $params] = $DB->get_in_or_equal(array_keys(self::TYPES));
        return $DB->get_fieldset_select('modules', 'name', "visible = 1 AND name $in ORDER BY name", $params);
    }
}
