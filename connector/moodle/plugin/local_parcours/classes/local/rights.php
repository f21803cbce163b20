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
 * What the caller may do where sessions are published, so that a missing right can be named before it is needed.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class rights {
    /**
     * Tells which capabilities the caller has.
     *
     * @param string[] $names capabilities
     * @param session[] $sessions those whose categories are places
     * @return array
     */
    public static function observe(array $names, array $sessions): array {
        $known = array_values(array_filter($names, fn(string $name) => get_capability_info($name) !== null));
        return [
            'unknown' => array_values(array_diff($names, $known)),
            'places' => array_map(
                fn(array $place) => self::place($known, ...$place),
                self::categories($sessions) ?: [[\context_system::instance(), null]],
            ),
        ];
    }

    /**
     * The outermost categories of sessions, by idnumber.
     *
     * @param session[] $sessions
     * @return array[] context and record of each
     */
    private static function categories(array $sessions): array {
        global $DB;
        $roots = array_unique(array_filter(array_map(fn(session $session) => $session->root_category(), $sessions)));
        if (!$roots) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($roots);
        $found = $DB->get_records_select('course_categories', "idnumber $in", $params, 'idnumber', 'id, idnumber, name');
        return array_map(
            fn(\stdClass $category) => [\context_coursecat::instance($category->id), $category],
            array_values($found),
        );
    }

    /**
     * What the caller may do in one place, and by which roles.
     *
     * @param string[] $names capabilities that the site knows
     * @param \context $context
     * @param \stdClass|null $category null for the whole site
     * @return array
     */
    private static function place(array $names, \context $context, ?\stdClass $category): array {
        $roles = array_column(get_user_roles($context), 'shortname', 'roleid');
        return [
            'category' => $category ? ['idnumber' => $category->idnumber, 'name' => $category->name] : null,
            'roles' => array_values($roles),
            'assignable' => self::assignable(array_keys($roles)),
            'held' => array_values(array_filter($names, fn(string $name) => has_capability($name, $context))),
        ];
    }

    /**
     * The roles that some roles may assign, wherever they can be assigned at all.
     *
     * @param int[] $roleids
     * @return string[] short names
     */
    private static function assignable(array $roleids): array {
        global $DB;
        [$in, $params] = $DB->get_in_or_equal($roleids, SQL_PARAMS_QM, 'param', true, null);
        return $DB->get_fieldset_sql(
            "SELECT DISTINCT r.shortname
               FROM {role_allow_assign} a
               JOIN {role} r ON r.id = a.allowassign
              WHERE a.roleid $in
           ORDER BY r.shortname",
            $params,
        );
    }
}
