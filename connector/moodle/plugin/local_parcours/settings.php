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
 * Settings: where the pages of the connector are, and who gets a link to them.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

if ($hassiteconfig) {
    $settings = new admin_settingpage('local_parcours', new lang_string('pluginname', 'local_parcours'));
    $settings->add(new admin_setting_configtext(
        'local_parcours/tableau',
        new lang_string('tableau', 'local_parcours'),
        new lang_string('tableau_desc', 'local_parcours'),
        '',
        PARAM_URL,
    ));
    $settings->add(new admin_setting_configtext(
        'local_parcours/profilefield',
        new lang_string('profilefield', 'local_parcours'),
        new lang_string('profilefield_desc', 'local_parcours'),
        'circonscription',
        PARAM_ALPHANUMEXT,
    ));
    $ADMIN->add('localplugins', $settings);
}
