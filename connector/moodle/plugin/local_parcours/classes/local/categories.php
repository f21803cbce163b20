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
 * The path of categories that holds the sessions' courses.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class categories {
    /**
     * Creates and renames the categories of a path.
     *
     * @param array[] $wanted outermost first: idnumber, name
     * @param report $report
     * @return int|null id of the innermost one
     */
    public static function publish(array $wanted, report $report): ?int {
        $parent = 0;
        foreach ($wanted as $category) {
            $parent = self::put($category, $parent, $report);
        }
        return $parent ?: null;
    }

    /**
     * Creates or renames a category.
     *
     * @param array $wanted idnumber, name
     * @param int $parent id of the category above, for a new one
     * @param report $report
     * @return int id
     */
    private static function put(array $wanted, int $parent, report $report): int {
        global $DB;
        $record = $DB->get_record('course_categories', ['idnumber' => $wanted['idnumber']]);
        if ($record && $record->name === $wanted['name']) {
            $report->add($wanted['idnumber'], 'unchanged');
            return (int) $record->id;
        }
        $above = $record ? (int) $record->parent : $parent;
        require_capability('moodle/category:manage', $above ? \context_coursecat::instance($above) : \context_system::instance());
        if ($record) {
            \core_course_category::get($record->id, MUST_EXIST, true)->update(['name' => $wanted['name']]);
            $report->add($wanted['idnumber'], 'updated');
            return (int) $record->id;
        }
        $report->add($wanted['idnumber'], 'created');
        return (int) \core_course_category::create($wanted + ['parent' => $parent])->id;
    }

    /**
     * Context in which somebody publishes a session that has no course yet: the innermost category that exists.
     *
     * @param array[] $wanted
     * @return \context
     */
    public static function context(array $wanted): \context {
        global $DB;
        foreach (array_reverse($wanted) as $category) {
            $id = $DB->get_field('course_categories', 'id', ['idnumber' => $category['idnumber']]);
            if ($id) {
                return \context_coursecat::instance($id);
            }
        }
        return \context_system::instance();
    }

    /**
     * Reads back the path above a course, from the outermost category that was published.
     *
     * @param int $categoryid category of the course
     * @param string|null $root idnumber of the outermost one
     * @return array[]
     */
    public static function observe(int $categoryid, ?string $root): array {
        $path = [];
        $category = \core_course_category::get($categoryid, MUST_EXIST, true);
        while ($category && $category->id) {
            array_unshift($path, ['idnumber' => (string) $category->idnumber, 'name' => $category->name]);
            if ($root !== null && $category->idnumber === $root) {
                return $path;
            }
            $category = $category->parent ? \core_course_category::get($category->parent, MUST_EXIST, true) : null;
        }
        return $path;
    }
}
