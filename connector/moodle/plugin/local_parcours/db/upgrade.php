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
 * Upgrade steps.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * Brings the tables of an older version up to date.
 *
 * @param int $oldversion
 * @return bool
 */
function xmldb_local_parcours_upgrade(int $oldversion): bool {
    global $DB;
    if ($oldversion < 2026120100) {
        $manager = $DB->get_manager();
        $table = new xmldb_table('local_parcours_session');
        foreach (['revision', 'timepublished', 'timearchived'] as $name) {
            $field = new xmldb_field($name, XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
            if (!$manager->field_exists($table, $field)) {
                $manager->add_field($table, $field);
            }
        }
        $field = new xmldb_field('prints', XMLDB_TYPE_TEXT);
        if (!$manager->field_exists($table, $field)) {
            $manager->add_field($table, $field);
        }
        upgrade_plugin_savepoint(true, 2026120100, 'local', 'parcours');
    }
    if ($oldversion < 2026122600) {
        $manager = $DB->get_manager();
        foreach (['local_parcours_figures', 'local_parcours_contest'] as $name) {
            if (!$manager->table_exists($name)) {
                $manager->install_one_table_from_xmldb_file(__DIR__ . '/install.xml', $name);
            }
        }
        upgrade_plugin_savepoint(true, 2026122600, 'local', 'parcours');
    }
    if ($oldversion < 2026122700) {
        $manager = $DB->get_manager();
        $table = new xmldb_table('local_parcours_session');
        $field = new xmldb_field('prepared', XMLDB_TYPE_INTEGER, '1', null, XMLDB_NOTNULL, null, '0', 'timearchived');
        if (!$manager->field_exists($table, $field)) {
            $manager->add_field($table, $field);
        }
        upgrade_plugin_savepoint(true, 2026122700, 'local', 'parcours');
    }
    return true;
}
